# Cases 72 to 74, 76 and 77 of section 7: what reaches which shell
FROM corpus/base
ENV V=image
# 72: the outer shell runs what stands in backticks, unless the delimiter is quoted
RUN <<EOF sh
V=inner
echo `echo $V` > /72-plain
EOF
RUN <<'EOF' sh
V=inner
echo `echo $V` > /72-quoted
EOF
# 73: quotes stay in the body
RUN <<EOF
echo 'single $V' "double $V" \"none\" > /73-run
EOF
COPY <<EOF /73-copy
'single $V' "double $V" \"none\" \$V
EOF
# 74: a command in the middle fails, and nobody notices
RUN <<EOF
false
echo went on > /74
EOF
# 76: a blank behind the mark
RUN cat << EOF > /76-run
blank
EOF
COPY << EOF /76-copy
blank
EOF
# 77: lines that look like comments, directives or nothing are the body's
COPY <<EOF /77-copy
# a comment
# escape=`

  # indented
\
end
EOF
RUN cat <<'EOF' > /77-run
# a comment

\
end
EOF
