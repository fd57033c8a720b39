FROM corpus/base
ENV A=1 B="two words" C='$A' D=esc\ aped E=
ENV F legacy  value "q"
RUN echo "$A|$B|$C|$D|$E|$F" > /env
