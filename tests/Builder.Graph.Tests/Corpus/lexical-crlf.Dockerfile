FROM scratch
ENV A=1 \
    B=2
COPY <<EOF /x
a
EOF
