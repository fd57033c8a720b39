#: context=somewhere=other
FROM somewhere AS s
ENV A=1
FROM s
COPY hello.txt /d/in
LABEL from=folder
