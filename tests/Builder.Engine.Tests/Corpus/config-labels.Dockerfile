#: label=outer=yes
FROM corpus/base AS a
LABEL x=1 y=1
FROM a
LABEL x=2 "b c"="d e"
LABEL legacy some text
