FROM corpus/base
RUN echo parent > /order
ONBUILD ARG WHO=somebody
ONBUILD RUN echo triggered for $WHO >> /order
ONBUILD COPY hello.txt /built/
ONBUILD COPY <<EOF /built/heredoc
made for $WHO
EOF
ONBUILD WORKDIR /built
ONBUILD LABEL by=trigger
