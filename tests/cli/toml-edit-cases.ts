/** `source.crates-io.replace-with` set to `safeguard` in files of every shape. */
export const editCases: readonly {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}[] = [
  {
    name: 'an empty file',
    before: '',
    after: '[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'only blank lines',
    before: '\n\n',
    after: '\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'other tables',
    before: '# mine\n[build]\njobs = 2 # two\n',
    after: '# mine\n[build]\njobs = 2 # two\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'no newline at the end',
    before: '[build]\njobs = 2',
    after: '[build]\njobs = 2\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'a blank line at the end',
    before: '[build]\njobs = 2\n\n',
    after: '[build]\njobs = 2\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'CRLF',
    before: '[build]\r\njobs = 2\r\n',
    after: '[build]\r\njobs = 2\r\n\r\n[source.crates-io]\r\nreplace-with = "safeguard"\r\n',
  },
  {
    name: 'a byte-order mark',
    before: '\ufeff[build]\njobs = 2\n',
    after: '\ufeff[build]\njobs = 2\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'the table is there and empty',
    before: '[source.crates-io]\n\n[build]\njobs = 2\n',
    after: '[source.crates-io]\nreplace-with = "safeguard"\n\n[build]\njobs = 2\n',
  },
  {
    name: 'the table is there, last, without newline',
    before: '[source.crates-io] # here',
    after: '[source.crates-io] # here\nreplace-with = "safeguard"',
  },
  {
    name: 'the table has keys, comments and an indentation',
    before: '[source.crates-io]\n  registry = "x" # the old one\n\n# next\n[build]\n',
    after:
      '[source.crates-io]\n  registry = "x" # the old one\n  replace-with = "safeguard"\n\n# next\n[build]\n',
  },
  {
    name: 'quoted and spaced headers',
    before: '[ source . "crates-io" ]\nregistry = "x"\n',
    after: '[ source . "crates-io" ]\nregistry = "x"\nreplace-with = "safeguard"\n',
  },
  {
    name: 'escapes in a quoted header',
    before: '["sourc\\u0065"."crates\\x2dio"]\nregistry = "x"\n',
    after: '["sourc\\u0065"."crates\\x2dio"]\nregistry = "x"\nreplace-with = "safeguard"\n',
  },
  {
    name: 'dotted keys at the top',
    before: 'source.crates-io.registry = "x"\nbuild.jobs = 2\n[term]\n',
    after:
      'source.crates-io.registry = "x"\nsource.crates-io.replace-with = "safeguard"\nbuild.jobs = 2\n[term]\n',
  },
  {
    name: 'dotted keys of another source',
    before: 'source.other.registry = "x"\nbuild.jobs = 2\n',
    after: 'source.other.registry = "x"\nsource.crates-io.replace-with = "safeguard"\nbuild.jobs = 2\n',
  },
  {
    name: 'dotted keys inside [source]',
    before: '[source]\ncrates-io.registry = "x"\n[build]\n',
    after: '[source]\ncrates-io.registry = "x"\ncrates-io.replace-with = "safeguard"\n[build]\n',
  },
  {
    name: 'an inline table',
    before: '[source]\ncrates-io = { registry = "x" } # one\n',
    after: '[source]\ncrates-io = { registry = "x", replace-with = "safeguard" } # one\n',
  },
  {
    name: 'an empty inline table',
    before: 'source = {}\n',
    after: 'source = { crates-io.replace-with = "safeguard" }\n',
  },
  {
    name: 'inline tables in an inline table',
    before: "source = { 'crates-io' = { registry = 'x' }, b = { directory = 'v' } }\n",
    after:
      "source = { 'crates-io' = { registry = 'x', replace-with = \"safeguard\" }, b = { directory = 'v' } }\n",
  },
  {
    name: 'an inline table with dotted keys',
    before: 'source = { crates-io.registry = "x" }\n',
    after: 'source = { crates-io.registry = "x", crates-io.replace-with = "safeguard" }\n',
  },
  {
    name: 'text that looks like the table',
    before:
      '[env]\nA = """\n[source.crates-io]\nreplace-with = "no"\n"""\nB = \'\'\'\n[source.crates-io]\'\'\'\n# [source.crates-io]\n',
    after:
      '[env]\nA = """\n[source.crates-io]\nreplace-with = "no"\n"""\nB = \'\'\'\n[source.crates-io]\'\'\'\n# [source.crates-io]\n' +
      '\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'arrays over lines, with comments, strings and brackets in them',
    before:
      '[build]\nrustflags = [\n  "-C", # ] [source.crates-io]\n  \'link-arg="]"\',\n]\nx = [[1, 2], [{ a = "}" }]]\n',
    after:
      '[build]\nrustflags = [\n  "-C", # ] [source.crates-io]\n  \'link-arg="]"\',\n]\nx = [[1, 2], [{ a = "}" }]]\n' +
      '\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'arrays of tables around it',
    before: '[[patch.x]]\nreplace-with = "a"\n[[patch.x]]\n[source.crates-io]\nregistry = "x"\n[[patch.y]]\n',
    after:
      '[[patch.x]]\nreplace-with = "a"\n[[patch.x]]\n[source.crates-io]\nregistry = "x"\nreplace-with = "safeguard"\n[[patch.y]]\n',
  },
  {
    name: 'a sub-table that makes it without naming it',
    before: '[source.crates-io.more]\na = 1\n',
    after: '[source.crates-io.more]\na = 1\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'another value is replaced alone',
    before: '[source.crates-io]\nreplace-with="vendored" # by cargo vendor\nregistry = "x"\n',
    after: '[source.crates-io]\nreplace-with="safeguard" # by cargo vendor\nregistry = "x"\n',
  },
  {
    name: 'another value in an inline table is replaced alone',
    before: "source.crates-io = {replace-with='''vendored''',registry='x'}\n",
    after: 'source.crates-io = {replace-with="safeguard",registry=\'x\'}\n',
  },
  {
    name: 'dates, numbers and an odd spacing',
    before: 'a=1979-05-27 07:32:00Z\n\tb\t=\t[ +1.5e3,inf , nan,0xff ]\nc = true',
    after:
      'a=1979-05-27 07:32:00Z\n\tb\t=\t[ +1.5e3,inf , nan,0xff ]\nc = true\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'a key named __proto__',
    before: '["__proto__"]\nx = 1\n',
    after: '["__proto__"]\nx = 1\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
];
