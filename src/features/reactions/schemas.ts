import * as z from 'zod';
import { Id, pageOf } from '../../platform/http/schemas.ts';
import { PersonCard } from '../people/index.ts';

export const PostParams = z.strictObject({ postId: Id });
export const CommentParams = z.strictObject({ commentId: Id });

export const LikerPage = pageOf(PersonCard).meta({ id: 'LikerPage' });
