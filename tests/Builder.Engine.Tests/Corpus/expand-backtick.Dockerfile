# escape=`
FROM corpus/base
ENV v=1
ENV R1=a\b R2=`$v R3=c:\$v
COPY hello.txt /x`
/y
