#: context=somewhere=other
# K4: the ignore file of the named context holds as a base too
FROM somewhere AS s
ENV A=1
FROM s
COPY hello.txt /d/in
LABEL from=folder
