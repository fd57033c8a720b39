FROM corpus/missing AS never
RUN exit 1
FROM scratch
COPY hello.txt /
