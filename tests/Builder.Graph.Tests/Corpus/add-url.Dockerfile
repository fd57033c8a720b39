FROM scratch
ADD https://example.com/dir/file%20x.txt?q=1 /d/
ADD --unpack https://example.com/x.tgz /e
