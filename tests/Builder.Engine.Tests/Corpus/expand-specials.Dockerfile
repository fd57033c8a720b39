FROM corpus/base
ENV R1=$$ R2=$1x R3=$. R4=x$ R5=$(date)
