/** What a library is for, as far as its name says: what matters first when something is wrong with it. */
export type ObjectClass = 'program' | 'tls' | 'database' | 'interpreter' | 'compute' | 'other';

const classes: readonly (readonly [Exclude<ObjectClass, 'program' | 'other'>, RegExp])[] = [
  [
    'tls',
    /^lib(ssl|crypto|gnutls|nettle|hogweed|nss3|ssl3|smime3|softokn3|freebl\w*|mbed(tls|crypto|x509)|wolfssl|s2n|tls|bearssl|polarssl|ossl|aws_lc\w*|boringssl|gcrypt|rustls)([-_.\d]|$)/,
  ],
  [
    'database',
    /^lib(pq|ecpg|mysqlclient|mariadb|perconaserverclient|sqlite3?|sqlcipher|odbc|odbcinst|iodbc|tdsodbc|sybdb|ct|clntsh|fbclient|mongoc|bson|hiredis|valkey|memcached|cassandra|scylla\w*|duckdb|rocksdb|leveldb|lmdb|db|msodbcsql|db2|fdb_c)([-_.\d]|$)/,
  ],
  [
    'interpreter',
    /^lib(python|pypy|ruby|perl|jvm|lua|luajit|node|v8|mozjs|php|tcl|guile|julia|mono\w*|coreclr|hostfxr|quickjs|duktape|javascriptcoregtk|wasmtime|wasmer|R|octave|erl_interface|gjs)([-_.\d]|$)/,
  ],
  [
    'compute',
    /^lib(cuda|cudart|cublas\w*|cudnn\w*|cufft\w*|curand|cusolver\w*|cusparse\w*|nccl|nvrtc\w*|nvidia[-\w]*|nvml|nvcuvid|nvinfer\w*|amdhip64|hip\w*|rocm\w*|rocblas|rccl|hsa-runtime64|MIOpen|OpenCL|ze_loader|ze_intel\w*|sycl|vulkan\w*|mkl_\w+|openblas\w*|qnn\w*|tpu|neuron\w*)([-_.\d]|$)/,
  ],
];

export function classOf(path: string): Exclude<ObjectClass, 'program'> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return classes.find(([, names]) => names.test(name))?.[0] ?? 'other';
}
