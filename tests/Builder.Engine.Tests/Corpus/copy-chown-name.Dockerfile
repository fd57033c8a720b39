FROM corpus/base
COPY --chown=ann hello.txt /a
COPY --chown=ann:staff hello.txt /b
COPY --chown=:50 hello.txt /c
COPY --chown=7 app/sub /d
