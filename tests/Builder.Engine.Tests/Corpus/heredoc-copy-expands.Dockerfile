FROM corpus/base
ENV A=1
COPY <<E /x
$A ${A:-2} \$A "$A"
E
COPY <<"E" /y
$A \$A
E
COPY <<'E' /z
$A
E
