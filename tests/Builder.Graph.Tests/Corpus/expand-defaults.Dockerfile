FROM scratch
ENV e= v=abcabc
ENV R1=${e:-d} R2=${e-d} R3=${u-d} R4=${v:+s} R5=${e+s}
