FROM scratch
COPY hello.txt <<y conf/one.conf /d/
1
y
