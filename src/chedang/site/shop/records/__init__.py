"""A shop's own records on its pages: lists, one record with what is to be mended, 更正, 说明, 作废."""
