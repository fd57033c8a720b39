FROM scratch
ENV K=name
ENV $K=v "x y"=z
