FROM corpus/base
ENV e= v=abc
ENV R="${e:-d}|${e-d}|${u-d}|${u:-d}|${v:+s}|${e+s}|${e:+s}|${u+s}"
COPY hello.txt /${u:-x}/${v:+y}/
