# escape=`
FROM corpus/base
ENV DIR=C:\x `
    MORE=y
RUN echo a\\b `
  c > /joined
COPY hello.txt `
  /sub\dir/
COPY <<EOF /heredoc
\$DIR $MORE
EOF
