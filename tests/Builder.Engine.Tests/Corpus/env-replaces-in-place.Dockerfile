FROM corpus/base
ENV A=1 B=2
ENV A=3 PATH=/bin:/opt
RUN env | grep -v '^\(HOME\|HOSTNAME\|PWD\|SHLVL\|SOURCE\)' > /env
