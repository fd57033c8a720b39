FROM scratch
RUN cat <<EOF > /x
$A
EOF
