FROM scratch AS a
COPY hello.txt /h
FROM scratch
COPY --from=a /h /x/
COPY --from=0 /h /y
