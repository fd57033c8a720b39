FR\
OM scratch
LA\
BEL a=on\
e
