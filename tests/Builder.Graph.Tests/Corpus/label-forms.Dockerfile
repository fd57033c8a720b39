FROM scratch
LABEL a=1 a=2 "b c"="d e" org.x.y='$z'
LABEL legacy some text
