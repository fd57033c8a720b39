FROM corpus/base
COPY hello.txt /tmp/
COPY hello.txt /root/
COPY hello.txt /home/ann/x/y
