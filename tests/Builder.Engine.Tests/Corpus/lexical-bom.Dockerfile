FROM corpus/base
COPY hello.txt /bom
