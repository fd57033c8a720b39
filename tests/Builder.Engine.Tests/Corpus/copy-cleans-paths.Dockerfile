FROM corpus/base
WORKDIR /w
COPY ./app/../app/./sub/../main.c d/.
COPY ../../hello.txt ../up
