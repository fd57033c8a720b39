FROM corpus/base
ENV K=name
ENV $K=v
RUN echo $name > /n
