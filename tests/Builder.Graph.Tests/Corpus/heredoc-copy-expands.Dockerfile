FROM scratch
ENV A=1
COPY <<E /x
$A ${A:-2} \$A "$A"
E
