FROM corpus/base
ENV A="one\ntwo" B='three\nfour'
RUN printf '%s.' "$A" "$B" > /out
