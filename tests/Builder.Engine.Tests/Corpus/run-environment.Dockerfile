#: arg=GIVEN=from outside
FROM corpus/base
ENV E=env
ARG GIVEN=default
ARG A=arg
ARG NOTHING
ARG E=shadow
RUN env | grep -v PATH | sort > /env
ENV A=stronger
RUN echo $A $E > /later
ENV HOME=
RUN echo $HOME > /home-of-root
USER ann
RUN echo $HOME > /tmp/home
