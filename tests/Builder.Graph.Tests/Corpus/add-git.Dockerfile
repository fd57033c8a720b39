FROM scratch
ADD https://example.com/r.git#v1:sub /src
ADD --keep-git-dir=true git@example.com:o/r.git /git
