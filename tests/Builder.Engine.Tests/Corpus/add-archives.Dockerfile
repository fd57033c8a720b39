FROM scratch
ADD archives/plain.tar /plain
ADD archives/t.tar.gz /gz/
ADD archives/t.tar.bz2 /bz2
ADD archives/t.tar.xz /xz
ADD archives/no-tar-by-its-name /zstd
