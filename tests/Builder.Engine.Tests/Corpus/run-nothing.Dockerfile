FROM corpus/base
RUN true
RUN :
COPY hello.txt /
RUN rm /hello.txt
