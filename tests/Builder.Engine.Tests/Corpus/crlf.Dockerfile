FROM scratch
COPY <<EOF \
  /crlf
line

EOF
LABEL a=b
WORKDIR /w
