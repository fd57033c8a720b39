FROM scratch
RUN <<EOF
set -e
make
EOF
