FROM corpus/base
ENV v=abcabc q="a b" \
    e=
ENV v=new old=$v
ARG a=1 b=$a-2
COPY ${v:+hello.txt} /${old##*b}/${old%c*}/${u:-d}
WORKDIR /${old//b/X}/$a$b
RUN echo '$v' "${v:-x}" > literal
LABEL a='$v' b="\$v" c=${u:-"x y"} d=$e. f=${old/b/$v} g=a\ b
