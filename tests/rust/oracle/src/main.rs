//! Answers what rustc's own lexer makes of a text, one request a line, one answer a line.
//!
//!     tokens HEX           KIND:START-END … | err
//!     digest HEX           the FNV-1a of that answer, in decimal | err
//!
//! The text is the UTF-8 in hex. Kinds are named as in `src/rust/tokens.ts`, places count UTF-16 units, comments and space
//! are left out. What the lexer leaves to rustc's parser is checked here: delimiters, and that a character is one.

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, is_id_continue, strip_shebang, tokenize};
use std::fmt::Write as _;
use std::io::{self, BufRead, BufWriter, Write};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (what, hex) = line.split_once(' ').expect("two words");
        let answer = tokens(&unhex(hex)).unwrap_or_else(|| "err".into());
        match what {
            "tokens" => writeln!(out, "{answer}")?,
            "digest" if answer == "err" => writeln!(out, "err")?,
            "digest" => writeln!(out, "{}", fnv(&answer))?,
            _ => panic!("no such request: {what}"),
        }
    }
    out.flush()
}

fn tokens(text: &str) -> Option<String> {
    let mut answer = String::new();
    let mut open = Vec::new();
    let mut rest = text;
    let mut place = 0;
    let mut skip = |rest: &mut &str, bytes: usize| -> (usize, usize) {
        let start = place;
        place += rest[..bytes].encode_utf16().count();
        *rest = &rest[bytes..];
        (start, place)
    };
    if rest.starts_with('\u{feff}') {
        skip(&mut rest, 3);
    }
    if let Some(bytes) = strip_shebang(rest) {
        skip(&mut rest, bytes);
    }
    while let Some(token) = tokenize(rest, FrontmatterAllowed::No).next() {
        let written = &rest[..token.len as usize];
        let (kind, bytes) = match token.kind {
            TokenKind::LineComment { .. } | TokenKind::BlockComment { terminated: true, .. } | TokenKind::Whitespace => {
                skip(&mut rest, written.len());
                continue;
            }
            TokenKind::Ident | TokenKind::UnknownPrefix => ("ident", written.len()),
            TokenKind::RawIdent => ("rawIdent", written.len()),
            // Newer lexers say themselves that a lifetime has an emoji.
            TokenKind::Lifetime { .. } | TokenKind::UnknownPrefixLifetime
                if !written.chars().skip(1).all(is_id_continue) =>
            {
                return None;
            }
            TokenKind::Lifetime { starts_with_number: false } | TokenKind::RawLifetime | TokenKind::UnknownPrefixLifetime => {
                ("lifetime", written.len())
            }
            // Reserved in the edition of 2024 only; before it, `#` and the name are tokens of their own.
            TokenKind::GuardedStrPrefix => ("punct", 1),
            TokenKind::ForcedKeywordIdent => ("ident", 1),
            TokenKind::Literal { kind, suffix_start } => (literal(kind, &written[..suffix_start as usize])?, written.len()),
            TokenKind::OpenParen | TokenKind::OpenBrace | TokenKind::OpenBracket => {
                open.push(token.kind);
                ("open", 1)
            }
            TokenKind::CloseParen if open.pop() == Some(TokenKind::OpenParen) => ("close", 1),
            TokenKind::CloseBrace if open.pop() == Some(TokenKind::OpenBrace) => ("close", 1),
            TokenKind::CloseBracket if open.pop() == Some(TokenKind::OpenBracket) => ("close", 1),
            TokenKind::CloseParen | TokenKind::CloseBrace | TokenKind::CloseBracket => return None,
            TokenKind::BlockComment { .. }
            | TokenKind::InvalidIdent
            | TokenKind::Lifetime { .. }
            | TokenKind::Frontmatter { .. }
            | TokenKind::Unknown => return None,
            _ => ("punct", written.len()),
        };
        let (start, end) = skip(&mut rest, bytes);
        write!(answer, "{kind}:{start}-{end} ").expect("a string takes all");
    }
    open.is_empty().then_some(answer)
}

fn literal(kind: LiteralKind, written: &str) -> Option<&'static str> {
    match kind {
        LiteralKind::Int { .. } => Some("integer"),
        LiteralKind::Float { empty_exponent: false, .. } => Some("float"),
        LiteralKind::Char { terminated: true } => is_one(&written[1..]).then_some("char"),
        LiteralKind::Byte { terminated: true } => is_one(&written[2..]).then_some("byte"),
        LiteralKind::Str { terminated: true } => Some("string"),
        LiteralKind::ByteStr { terminated: true } => Some("byteString"),
        LiteralKind::CStr { terminated: true } => Some("cString"),
        LiteralKind::RawStr { n_hashes: Some(_) } => Some("rawString"),
        LiteralKind::RawByteStr { n_hashes: Some(_) } => Some("rawByteString"),
        LiteralKind::RawCStr { n_hashes: Some(_) } => Some("rawCString"),
        _ => None,
    }
}

/// Whether this is one character, or one escape, and the closing quote.
fn is_one(written: &str) -> bool {
    let inside = written.strip_suffix('\'').unwrap_or_default();
    match inside.strip_prefix('\\') {
        Some(escape) if escape.starts_with('u') => escape.starts_with("u{") && escape.find('}') == Some(escape.len() - 1),
        Some(escape) => escape.chars().count() == if escape.starts_with('x') { 3 } else { 1 },
        None => inside.chars().count() == 1 && inside != "'",
    }
}

fn fnv(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn unhex(hex: &str) -> String {
    let bytes = (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).expect("hex"));
    String::from_utf8(bytes.collect()).expect("UTF-8")
}
