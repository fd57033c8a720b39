FROM corpus/base
COPY --link --chown=5:6 app/sub /bin/../l/
COPY --link hello.txt /opt/
