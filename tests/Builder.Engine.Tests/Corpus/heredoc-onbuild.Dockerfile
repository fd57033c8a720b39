FROM corpus/base AS a
ONBUILD COPY <<E /x
1
E
ONBUILD RUN <<E
cat /x > /y
E
FROM a
