FROM corpus/base
RUN <<EOF
false
echo went on > /a
EOF
RUN ! sh -e <<EOF
false
echo never > /b
EOF
