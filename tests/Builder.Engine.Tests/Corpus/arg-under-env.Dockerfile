#: arg=X=given
FROM corpus/base
ENV X=env
ARG X=arg
RUN echo $X > /x
