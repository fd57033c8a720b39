FROM corpus/base
RUN ["mkdir", "a b"]
RUN ["/bin/sh", "-c", "echo $0 $1 > /args", "zero", "one"]
