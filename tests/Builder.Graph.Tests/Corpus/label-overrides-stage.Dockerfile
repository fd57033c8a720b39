FROM scratch AS a
LABEL x=1 y=1
FROM a
LABEL x=2
