FROM corpus/base
USER ann
COPY hello.txt /roots
COPY --chown=ann hello.txt /a/b/by-name
COPY --chown=ann:staff hello.txt /c/
COPY --chown=5 hello.txt /five
COPY --chown=5: hello.txt /five-colon
COPY --chown=:5 hello.txt /colon-five
COPY --chown=nobody-of-that-name hello.txt /unknown
COPY --chown=7:8 app /app
ARG WHO=9:10
COPY --chown=$WHO conf /opt/old
