FROM scratch
COPY --parents app/sub/deep/deep.c hello.txt /plain/
COPY --parents app/./sub/sub.c /pivot/
COPY --parents many/**/*.txt /stars/
COPY --parents app/sub /tree
COPY --parents --exclude=**/*.h app/s* /less/
COPY --parents --chown=1:2 --chmod=700 conf/one.conf /owned
COPY --parents none*/x /empty/
COPY --parents link-to-dir /link/
