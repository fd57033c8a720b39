FROM corpus/base
COPY hello.txt /opt/base.txt
COPY world.txt /opt/base.txt
