from scratch
EnV A=1
cMd ["x"]
