FROM corpus/base
RUN echo "a  b" '$HOME' $HOME > /shell && echo $0 >> /shell
RUN ["sh", "-c", "echo $0 $1 $HOME > /exec", "zero", "one two"]
RUN echo one \
    # a comment in between
    two > /joined
RUN ["touch", "$HOME"]
